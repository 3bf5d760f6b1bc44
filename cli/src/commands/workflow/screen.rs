//! Shows a problem as compilers do: what is wrong, the line with a mark below, what is allowed.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use usher_asl::{Problem, Severity};

/// A file whose problems are shown.
pub struct Screen<'f> {
    path: &'f str,
    text: &'f str,
    renderer: Renderer,
}

impl<'f> Screen<'f> {
    /// With colours if somebody looks at it, unless they asked for none (`NO_COLOR`).
    pub fn new(path: &'f str, text: &'f str, is_terminal: bool) -> Self {
        let colours = is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { path, text, renderer: if colours { Renderer::styled() } else { Renderer::plain() } }
    }

    /// One problem.
    pub fn show(&self, problem: &Problem) -> String {
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mark = AnnotationKind::Primary.span(problem.span.bytes.clone());
        let place = if problem.path.is_empty() { "/" } else { &problem.path };
        let group = level
            .primary_title(&problem.message)
            .id(problem.code.to_string())
            .element(Snippet::source(self.text).path(self.path).annotation(mark))
            .element(Level::NOTE.message(format!("at {place}")));
        let group = match &problem.help {
            Some(help) => group.element(Level::HELP.message(help)),
            None => group,
        };
        self.renderer.render(&[group])
    }
}
