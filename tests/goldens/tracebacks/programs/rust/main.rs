// Every way in which a Rust program reports a panic or an error: one per argument.
use std::fmt;

struct Shop {
    prices: Vec<usize>,
}

impl Shop {
    #[inline(never)]
    fn total(&self, at: usize) -> usize {
        self.prices[at]
    }
}

#[derive(Debug)]
struct Refused {
    why: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "refused: {}", self.why)
    }
}

impl std::error::Error for Refused {}

struct DropsBadly;

impl Drop for DropsBadly {
    fn drop(&mut self) {
        panic!("in drop");
    }
}

extern "C" fn cannot_unwind() {
    panic!("from C");
}

fn empty() -> Vec<usize> {
    std::env::args().skip(99).map(|a| a.len()).collect()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let way = std::env::args().nth(1).unwrap();
    match way.as_str() {
        "message" => panic!("out of tea"),
        "lines" => panic!("one\ntwo\n\nthree"),
        "index" | "backtrace" | "full" => {
            println!("{}", Shop { prices: empty() }.total(5));
        }
        "unwrap" => {
            "twelve".parse::<i32>().unwrap();
        }
        "expect" => {
            let refused: Result<(), Refused> = Err(Refused { why: "no\nmoney".to_string() });
            refused.expect("cannot buy");
        }
        "thread" => {
            let _ = std::thread::Builder::new()
                .name("worker 1".to_string())
                .spawn(|| Shop { prices: vec![] }.total(1))?
                .join();
        }
        "unnamed" => {
            let _ = std::thread::spawn(|| panic!("nameless")).join();
        }
        "drop" => {
            let _bad = DropsBadly;
            panic!("first");
        }
        "cannot_unwind" => cannot_unwind(),
        "returned" => {
            "twelve".parse::<i32>()?;
        }
        "returned_own" => return Err(Box::new(Refused { why: "no money".to_string() })),
        "returned_text" => return Err("out of tea".into()),
        "caught" => {
            let _ = std::panic::catch_unwind(|| Shop { prices: vec![] }.total(2));
            println!("goes on");
        }
        "payload" => std::panic::panic_any(42),
        _ => {}
    }
    Ok(())
}
