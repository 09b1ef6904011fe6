<?php
function connect(string $password)
{
    throw new InvalidArgumentException("bad address\nin /etc/hosts:3\nsecond");
}

function open(string $password)
{
    try {
        connect($password);
    } catch (InvalidArgumentException $e) {
        throw new LogicException("", 1, $e);
    }
}

try {
    open("hunter2\nis the password");
} catch (LogicException $e) {
    throw new RuntimeException("cannot start", 7, $e);
}
