//! `usher`: serve, watch and prove. One binary with roles; see `usher help`.

/// A booking is some hundreds of small allocations, many of them freed on another thread than they were made on; this
/// allocator makes them cheaper than the system's.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    usher::run()
}
