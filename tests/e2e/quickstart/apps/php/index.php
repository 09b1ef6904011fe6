<?php

class Shop
{
    public static function share(string $order): int
    {
        throw new DivisionByZeroError("order $order is shared by nobody");
    }

    public static function deliver(string $order): int
    {
        try {
            return self::share($order);
        } catch (DivisionByZeroError $error) {
            throw new RuntimeException("order $order cannot be delivered", 0, $error);
        }
    }
}

[, $route, $argument] = explode('/', parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));

if ($route === 'error') {
    Shop::share($argument);
} elseif ($route === 'checkout') {
    Shop::deliver($argument);
} else {
    echo "<p>Hello, $argument!</p>";
}
