//! The SVG that a layout is drawn on. The library's own writer does the drawing, but it takes the room for a text for as
//! wide as a letter and as high as the text is long; here the picture grows by the text's real width, so that no label at
//! its edge is cut off.

use layout::{
    backends::svg::SVGWriter,
    core::{
        color::Color,
        format::{ClipHandle, RenderBackend},
        geometry::{Point, get_size_for_str},
        style::StyleAttr,
    },
};

/// A picture under way.
#[derive(Default)]
pub struct Canvas {
    writer: SVGWriter,
}

impl Canvas {
    /// The picture as a text.
    pub fn finish(&self) -> String {
        self.writer.finalize()
    }
}

impl RenderBackend for Canvas {
    fn draw_text(&mut self, centre: Point, text: &str, look: &StyleAttr) {
        let size = get_size_for_str(text, look.font_size);
        let nothing = StyleAttr::new(Color::transparent(), 0, Some(Color::transparent()), 0, look.font_size);
        self.writer.draw_rect(centre.sub(size.scale(0.5)), size, &nothing, None, None);
        self.writer.draw_text(centre, text, look);
    }

    fn draw_rect(
        &mut self,
        corner: Point,
        size: Point,
        look: &StyleAttr,
        properties: Option<String>,
        clip: Option<ClipHandle>,
    ) {
        self.writer.draw_rect(corner, size, look, properties, clip);
    }

    fn draw_line(&mut self, start: Point, stop: Point, look: &StyleAttr, properties: Option<String>) {
        self.writer.draw_line(start, stop, look, properties);
    }

    fn draw_circle(&mut self, centre: Point, size: Point, look: &StyleAttr, properties: Option<String>) {
        self.writer.draw_circle(centre, size, look, properties);
    }

    fn draw_arrow(
        &mut self,
        path: &[(Point, Point)],
        dashed: bool,
        head: (bool, bool),
        look: &StyleAttr,
        properties: Option<String>,
        text: &str,
    ) {
        self.writer.draw_arrow(path, dashed, head, look, properties, text);
    }

    fn create_clip(&mut self, corner: Point, size: Point, rounded: usize) -> ClipHandle {
        self.writer.create_clip(corner, size, rounded)
    }
}
