//! Reads mangled names, one per line, and prints them demangled, without hashes.
use std::io::BufRead;

fn main() {
    for line in std::io::stdin().lock().lines() {
        println!("{:#}", rustc_demangle::demangle(&line.unwrap()));
    }
}
