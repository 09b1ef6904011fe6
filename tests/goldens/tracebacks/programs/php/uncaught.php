<?php
namespace Shop;

class PriceError extends \RuntimeException {}

class Cart
{
    public function total(array $items, string $secret)
    {
        return array_map(fn($item) => $this->price($item, $secret), $items);
    }

    private function price(string $item, string $secret)
    {
        return self::lookup($item, $secret);
    }

    private static function lookup(string $item, string $secret)
    {
        throw new PriceError("no price for $item <&\"é");
    }
}

function checkout(string $secret)
{
    $run = function () use ($secret) {
        return (new Cart())->total(["tea"], $secret);
    };
    return $run();
}

checkout("hunter2");
