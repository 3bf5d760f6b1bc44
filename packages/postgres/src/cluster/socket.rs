//! The server's private door: a socket in a folder that only the server's user may enter, which is why no password is
//! asked for there.

use std::{
    fmt::Write as _,
    fs, io,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{DirBuilderExt as _, MetadataExt as _},
    },
    path::{Path, PathBuf},
};

use super::{
    ClusterError, USER,
    home::{Home, fingerprint},
};

/// The longest folder: a socket's path has 103 bytes on macOS (107 on Linux), of which `/.s.PGSQL.65535` takes 15.
const LONGEST: usize = 103 - 15;

/// The data folder itself, or where its path is too long one below `/tmp`.
pub(super) fn folder(home: &Home) -> Result<PathBuf, ClusterError> {
    if home.data_dir.as_os_str().len() <= LONGEST {
        return Ok(home.data_dir.clone());
    }
    let folder = Path::new("/tmp").join(format!("usher-socket-{}", fingerprint(&home.data_dir)));
    match fs::DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => home.account.give(&folder)?,
        Err(source) if source.kind() == io::ErrorKind::AlreadyExists => {
            // Anybody may make folders in /tmp, and what was not made by us is not private.
            let found = fs::symlink_metadata(&folder).map_err(ClusterError::file(&folder))?;
            if !found.is_dir() || found.uid() != home.account.owner() || found.mode() & 0o077 != 0 {
                let source = io::Error::new(io::ErrorKind::PermissionDenied, "the folder is not ours alone");
                return Err(ClusterError::File { path: folder, source });
            }
        }
        Err(source) => return Err(ClusterError::File { path: folder, source }),
    }
    Ok(folder)
}

/// An address over the socket. The folder stands where a host would, with its slashes written as `%2F`: both libpq and
/// sqlx read it so.
pub(crate) fn url(folder: &Path, port: u16, database: &str) -> String {
    let mut host = String::new();
    for byte in folder.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            host.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(host, "%{byte:02X}");
        }
    }
    format!("postgres://{USER}@{host}:{port}/{database}")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::url;

    #[test]
    fn the_folder_is_escaped() {
        let address = url(Path::new("/tmp/two words/ü"), 5433, "usher");
        assert_eq!(address, "postgres://usher@%2Ftmp%2Ftwo%20words%2F%C3%BC:5433/usher");
    }
}
