//! `usher`: serve, watch and prove. One binary with roles; see `usher help`.

/// A booking is some hundreds of small allocations; this allocator makes them cheaper than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    usher::run()
}
