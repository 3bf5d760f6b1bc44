//! The pages for people, as they were built into `ui/dist`: a part of the binary where it is built for release, read from the
//! folder while developing, so that a change of the pages needs no build of the binary.

use rust_embed::Embed;
use usher_api::site::{File, Site};

#[derive(Embed)]
#[folder = "../ui/dist/usher/browser"]
#[allow_missing = true]
struct Files;

/// The pages, or none where nobody has built them.
pub fn site() -> Site {
    Site::new(|path| {
        let file = Files::get(path)?;
        let media_type = file.metadata.mimetype().to_owned();
        Some(File { bytes: file.data, media_type, hash: file.metadata.sha256_hash() })
    })
}
