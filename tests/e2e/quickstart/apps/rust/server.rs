// A server with a thread per connection: a panic ends one thread, and the connection with it.
use std::env;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

#[inline(never)]
fn share(order: &str) -> usize {
    if !order.is_empty() {
        panic!("order {} is shared by nobody", order);
    }
    1
}

#[inline(never)]
fn answer(path: &str) -> String {
    if let Some(order) = path.strip_prefix("/crash/") {
        return share(order).to_string();
    }
    format!("<p>Hello, {}!</p>", path)
}

fn serve(mut connection: TcpStream) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        match connection.read(&mut buffer) {
            Ok(size) if size > 0 => request.extend_from_slice(&buffer[..size]),
            _ => return,
        }
    }
    let text = String::from_utf8_lossy(&request);
    let target = text.split(' ').nth(1).unwrap_or("/");
    let body = answer(target.split('?').next().unwrap_or("/"));
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    let _ = connection.write_all((head + &body).as_bytes());
}

fn main() {
    let port = env::var("PORT").unwrap();
    let listener = TcpListener::bind(format!("127.0.0.1:{}", port)).unwrap();
    for connection in listener.incoming() {
        let connection = connection.unwrap();
        thread::spawn(move || serve(connection));
    }
}
