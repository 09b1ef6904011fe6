// Errors of anyhow that main returns, and panics that a logger's hook reports.
use anyhow::{Context, Result};

fn read() -> Result<i32> {
    "twelve".parse::<i32>().context("cannot read the price")
}

fn main() -> Result<()> {
    match std::env::args().nth(1).unwrap().as_str() {
        "anyhow" => {
            read().context("cannot buy\ntea")?;
        }
        "anyhow_one" => {
            "twelve".parse::<i32>().context("cannot buy")?;
        }
        "anyhow_alone" => anyhow::bail!("out of tea"),
        "hook" => {
            env_logger::builder().write_style(env_logger::WriteStyle::Never).init();
            log_panics::init();
            panic!("out of tea");
        }
        _ => {}
    }
    Ok(())
}
