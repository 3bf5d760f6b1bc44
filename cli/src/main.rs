//! `usher`: serve, watch and prove. One binary with roles; see `usher help`.

fn main() -> std::process::ExitCode {
    usher::run()
}
