//! `GET /`: what the simulator can do, on a page that it serves itself. `docs/simulator.md` says the same at length.

use axum::response::Html;

/// The page.
const PAGE: &str = include_str!("guide.html");

/// `GET /`
pub(super) async fn get() -> Html<&'static str> {
    Html(PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{provider::methods::METHODS, simulator::modes::Fault};

    #[test]
    fn the_page_and_the_document_name_every_method_and_every_fault() {
        let document =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/simulator.md")).unwrap();
        for name in METHODS.iter().chain(&Fault::NAMES) {
            assert!(PAGE.contains(&format!("<code>{name}</code>")), "the page says nothing of {name}");
            assert!(document.contains(&format!("`{name}`")), "the document says nothing of {name}");
        }
    }
}
