//! The pages for people: the built files of `ui/`, at every address that is nobody else's.
//!
//! Addresses of the application exist only in it, so whatever a browser asks for that is no file is answered with the page that
//! starts it, in the language of the address (`/de/...`). Files whose names carry a hash never change and are kept for a
//! year; all others are asked for again each time, which costs a `304`. The headers allow the pages nothing but
//! themselves: no script, style, picture or request of elsewhere, and none inside the page either.

use std::{borrow::Cow, fmt, fmt::Write as _, sync::Arc};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{problem::Problem, state::AppState};

/// What the pages may do. `blob:` is for QR codes, which are fetched with a token; `data:` for small shapes in styles.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// What else they need not do.
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Shown where nobody has built the pages.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Usher</title>\
    <h1>The pages are not built</h1><p>The API is open; <a href=\"/docs\">its own page</a> shows what it can do. \
    <p><code>make up</code> builds the pages, and so does <code>npm run build</code> in the folder <code>ui</code>. \
    They need Node.js 20.19 or newer. Then load this page again.</p></html>";

/// A file of the pages.
#[derive(Debug, Clone)]
pub struct File {
    /// What is in it.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type.
    pub media_type: String,
    /// Differs when the content does.
    pub hash: [u8; 32],
}

type Find = dyn Fn(&str) -> Option<File> + Send + Sync;

/// Where the files are. Cheap to clone.
#[derive(Clone)]
pub struct Site(Arc<Find>);

impl Site {
    /// The files that `find` knows by their path, such as `index.html` or `de/main-3XZ.js`.
    pub fn new(find: impl Fn(&str) -> Option<File> + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }

    fn find(&self, path: &str) -> Option<File> {
        // Nobody climbs out of a folder, whoever keeps the files.
        let plain = path.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains('\\'));
        if plain { (self.0)(path) } else { None }
    }

    /// The page that starts the application, in the language of the address.
    fn start(&self, path: &str) -> Option<(String, File)> {
        let language = path.split('/').next().unwrap_or_default();
        let local = format!("{language}/index.html");
        let found = self.find(&local).map(|file| (local, file));
        found.or_else(|| Some(("index.html".to_owned(), self.find("index.html")?)))
    }
}

impl Default for Site {
    /// Nobody has built the pages.
    fn default() -> Self {
        Self::new(|_| None)
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").finish_non_exhaustive()
    }
}

/// What no route of the API leads to.
pub(crate) async fn serve(State(state): State<AppState>, request: Request) -> Response {
    let nothing = || Problem::of_status(StatusCode::NOT_FOUND).into_response();
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return nothing();
    }
    let site = &state.settings.site;
    let path = request.uri().path().trim_start_matches('/');
    if let Some(file) = site.find(path) {
        return answer(site, request.headers(), path, file);
    }
    let is_file = path.rsplit('/').next().unwrap_or_default().contains('.');
    if is_file || !wants_page(request.headers()) {
        return nothing();
    }
    if let Some((path, file)) = site.start(path) {
        return answer(site, request.headers(), &path, file);
    }
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, headers, NOT_BUILT).into_response();
    response.extensions_mut().insert(Page);
    response
}

/// Whether a person looks, in a browser.
fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn answer(site: &Site, asked: &HeaderMap, path: &str, file: File) -> Response {
    let tag = tag(&file.hash);
    let mut headers = HeaderMap::new();
    let mut set = |name, value: &str| drop(HeaderValue::from_str(value).map(|value| headers.insert(name, value)));
    set(header::ETAG, &tag);
    set(header::CACHE_CONTROL, if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" });
    set(header::VARY, "accept-encoding");
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::REFERRER_POLICY, "same-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"); // Browsers heed it only over TLS.
    set(header::HeaderName::from_static("permissions-policy"), PERMISSIONS);
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    let known = asked.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
    if known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    set_type(&mut headers, &file.media_type);
    // A compressed copy beside the file was made when the pages were built.
    let smaller = if takes_gzip(asked) { site.find(&format!("{path}.gz")) } else { None };
    let bytes = match smaller {
        Some(smaller) => {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            smaller.bytes
        }
        None => file.bytes,
    };
    (headers, Body::from(bytes.into_owned())).into_response()
}

fn set_type(headers: &mut HeaderMap, media_type: &str) {
    let text = media_type.starts_with("text/") || media_type.ends_with("javascript");
    let full = if text { format!("{media_type}; charset=utf-8") } else { media_type.to_owned() };
    drop(HeaderValue::from_str(&full).map(|value| headers.insert(header::CONTENT_TYPE, value)));
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let encodings =
        headers.get(header::ACCEPT_ENCODING).and_then(|encodings| encodings.to_str().ok()).unwrap_or_default();
    encodings.split(',').any(|encoding| {
        let (name, quality) = encoding.split_once(';').unwrap_or((encoding, ""));
        name.trim() == "gzip" && quality.trim() != "q=0"
    })
}

fn tag(hash: &[u8; 32]) -> String {
    let digits = hash.iter().take(12).fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}"); // Writing to a string cannot fail.
        digits
    });
    format!("\"{digits}\"")
}

/// Whether the name ends like `main-3XZ4ABCD.js`: the build puts eight letters of a hash there.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
    hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Marks an error that is a page for a person, and not to become a problem document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for hashed in ["main-3XZ4ABCD.js", "de/chunk-ABCDEFGH.js", "media/serif-7GHJKLMN.woff2"] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in ["index.html", "ngsw.json", "manifest.webmanifest", "instrument-sans.woff2", "theme.js"] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    #[test]
    fn nobody_climbs_out_of_the_folder() {
        let site = Site::new(|path| {
            Some(File { bytes: path.to_owned().into_bytes().into(), media_type: String::new(), hash: [0; 32] })
        });
        for path in ["../secret", "a/../../b", ".env", "a/.git/config", "", "a//b", "a\\..\\b"] {
            assert!(site.find(path).is_none(), "{path}");
        }
        assert!(site.find("de/index.html").is_some());
    }
}
