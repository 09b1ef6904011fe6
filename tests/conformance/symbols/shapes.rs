// Functions with every kind of Rust name, for test_symbols.py: generics, traits, closures, const
// generics, dyn types, names that are not ASCII. Does nothing useful.
use std::collections::HashMap;
use std::fmt::Debug;

mod shapes {
    pub trait Shape {
        fn area(&self) -> f64;
        fn twice(&self) -> f64 {
            self.area() * 2.0
        }
    }
    pub struct Circle(pub f64);
    pub struct Grid<T, const N: usize>(pub [T; N]);

    impl Shape for Circle {
        #[inline(never)]
        fn area(&self) -> f64 {
            self.0 * self.0 * 3.14159
        }
    }
    impl<T: Copy + Into<f64>, const N: usize> Shape for Grid<T, N> {
        #[inline(never)]
        fn area(&self) -> f64 {
            self.0.iter().map(|cell| (*cell).into()).sum()
        }
    }
    impl<T> Grid<T, 3> {
        #[inline(never)]
        pub fn größe(&self) -> usize {
            std::mem::size_of_val(&self.0)
        }
    }
}
use shapes::{Circle, Grid, Shape};

#[inline(never)]
fn largest<'a>(shapes: &'a [Box<dyn Shape + Send>]) -> Option<&'a (dyn Shape + Send)> {
    shapes
        .iter()
        .max_by(|a, b| a.area().total_cmp(&b.area()))
        .map(|shape| shape.as_ref())
}

#[inline(never)]
fn apply<F: Fn(i32) -> i32>(function: F, value: i32) -> i32 {
    function(value)
}

#[inline(never)]
fn show<T: Debug + ?Sized, const FLAG: bool, const LETTER: char>(value: &T) -> String {
    format!("{:?} {} {}", value, FLAG, LETTER)
}

#[inline(never)]
fn call(function: extern "C" fn(*const u8, &mut [i64]) -> (), values: &mut [i64]) {
    function(std::ptr::null(), values)
}

#[inline(never)]
extern "C" fn clear(_: *const u8, values: &mut [i64]) {
    values.fill(0)
}

#[inline(never)]
fn generic_call<T>(_: fn(T) -> Option<T>, value: T) -> (T, [u8; 2]) {
    (value, [1, 2])
}

fn main() {
    let count = std::env::args().count() as i32;
    let shapes: Vec<Box<dyn Shape + Send>> = vec![
        Box::new(Circle(count as f64)),
        Box::new(Grid([1.5f32, 2.5])),
        Box::new(Grid([1i32, 2, count])),
    ];
    let mut values = [1i64, 2, 3];
    let mut map: HashMap<String, Vec<(u8, char)>> = HashMap::new();
    map.entry(format!("{count}")).or_default().push((1, 'x'));
    call(clear, &mut values);
    println!(
        "{} {} {} {} {} {:?} {:?}",
        largest(&shapes).map_or(0.0, |shape| shape.twice()),
        apply(|value| value + count, 3),
        apply(|value| value * count, 3),
        show::<_, true, '\''>(&map),
        show::<str, false, '\u{7}'>("text"),
        Grid([count as u16, 1, 2]).größe(),
        generic_call::<Result<(), &'static str>>(Some, Ok(())),
    );
}
