// One way per argument for a panic to end, or not to end, a Rust program. Lines that panic say so at their end.
use std::{env, panic, process, thread};

#[inline(never)]
fn share(order: &str) {
    panic!("{} is shared by nobody", order); // share
}

fn main() {
    match env::args().nth(1).unwrap().as_str() {
        "uncaught" => share("uncaught"),
        "thread" => {
            let _ = thread::Builder::new().name("worker".into()).spawn(|| share("thread")).unwrap().join();
        }
        "caught" => {
            panic::set_hook(Box::new(|_| {}));
            let _ = panic::catch_unwind(|| share("caught"));
            println!("caught");
        }
        _ => process::exit(9),
    }
}
