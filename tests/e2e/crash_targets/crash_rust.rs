//! The crash target in Rust, built with panic=abort. usage: crash_rust WAY

use std::sync::atomic::{AtomicUsize, Ordering};

static DEPTH: AtomicUsize = AtomicUsize::new(0);
static MISSING: AtomicUsize = AtomicUsize::new(0);

/// After every call, so that no call is the last thing its function does.
fn deeper() {
    DEPTH.fetch_add(1, Ordering::SeqCst);
}

struct Shelf<T> {
    articles: Vec<T>,
}

impl<T: Copy> Shelf<T> {
    #[inline(never)]
    fn article(&self, number: usize) -> T {
        let found = self.articles[number];
        deeper();
        found
    }
}

#[inline(never)]
fn read_null() {
    let shelf = MISSING.load(Ordering::SeqCst) as *const u64;
    let articles = unsafe { std::ptr::read_volatile(shelf.wrapping_add(2)) };
    DEPTH.fetch_add(articles as usize, Ordering::SeqCst);
}

#[inline(never)]
fn panic_plainly() {
    if DEPTH.load(Ordering::SeqCst) < 1000 {
        panic!("the shop has no owner");
    }
    deeper();
}

#[inline(never)]
fn index_beyond_end() {
    let shelf = Shelf { articles: vec![1u32, 2, 3] };
    let number = 7 + DEPTH.load(Ordering::SeqCst);
    DEPTH.fetch_add(shelf.article(number) as usize, Ordering::SeqCst);
}

#[inline(never)]
fn unwrap_nothing() {
    let text = if DEPTH.load(Ordering::SeqCst) < 1000 { "four" } else { "4" };
    let number: usize = text.parse().unwrap();
    DEPTH.fetch_add(number, Ordering::SeqCst);
}

#[inline(never)]
fn descend(level: usize) -> usize {
    let mut frame = [0u8; 64];
    unsafe { std::ptr::write_volatile(&mut frame[level % 64], level as u8) };
    let below = descend(level + 1);
    below + unsafe { std::ptr::read_volatile(&frame[level % 64]) } as usize
}

#[inline(never)]
fn overflow_stack() {
    DEPTH.fetch_add(descend(1), Ordering::SeqCst);
}

#[inline(never)]
fn crash_thread() {
    let thread = std::thread::Builder::new().name("till-2".to_string());
    let handle = thread.spawn(|| open_shop(panic_plainly)).unwrap();
    let _ = handle.join();
    deeper();
}

#[inline(never)]
fn open_shop(way: fn()) {
    serve_customer(way);
    deeper();
}

#[inline(never)]
fn serve_customer(way: fn()) {
    take_order(way);
    deeper();
}

#[inline(never)]
fn take_order(way: fn()) {
    find_article(way);
    deeper();
}

#[inline(never)]
fn find_article(way: fn()) {
    count_stock(way);
    deeper();
}

#[inline(never)]
fn count_stock(way: fn()) {
    read_shelf(way);
    deeper();
}

#[inline(never)]
fn read_shelf(way: fn()) {
    way();
    deeper();
}

fn main() {
    let way: fn() = match std::env::args().nth(1).as_deref() {
        Some("null") => read_null,
        Some("panic") => panic_plainly,
        Some("index") => index_beyond_end,
        Some("unwrap") => unwrap_nothing,
        Some("overflow") => overflow_stack,
        Some("thread") => crash_thread,
        _ => {
            eprintln!("usage: crash_rust WAY");
            std::process::exit(2);
        }
    };
    open_shop(way);
}
