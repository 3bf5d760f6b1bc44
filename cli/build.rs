//! Makes the folder of the built pages where nobody has built them yet, because a folder that is not there when `src/site.rs` is
//! compiled is not looked into later; and has a release compiled anew when the pages in it have changed.

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new("../ui/dist/usher/browser");
    fs::create_dir_all(folder)?;
    let start = folder.join("index.html");
    // Names of files carry hashes of their content, and this one names them all.
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") && start.exists() {
        println!("cargo::rerun-if-changed={}", start.display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
