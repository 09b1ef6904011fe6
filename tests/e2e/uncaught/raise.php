<?php
// One way per argument for an exception to end, or not to end, a PHP program. Lines that throw say so at their end.
class ShopError extends Exception
{
}

function share(string $order): int
{
    throw new DivisionByZeroError("$order is shared by nobody"); // share
}

function cause(): int
{
    try {
        return share('cause');
    } catch (DivisionByZeroError $error) {
        throw new ShopError('closed', 0, $error); // cause
    }
}

function caught(): void
{
    try {
        share('caught');
    } catch (DivisionByZeroError $error) {
        echo "caught\n";
    }
}

if ($argv[1] === 'uncaught') {
    share('uncaught');
} elseif ($argv[1] === 'cause') {
    cause();
} else {
    caught();
}
