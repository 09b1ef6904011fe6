<?php
function divide(int $by)
{
    return intdiv(10, $by);
}

try {
    divide(0);
} catch (DivisionByZeroError $e) {
    error_log((string) $e);
    error_log("divided: " . $e->getMessage());
}
