<?php
function grow()
{
    $all = [];
    while (true) {
        $all[] = str_repeat("x", 100000);
    }
}

ini_set("memory_limit", "4M");
grow();
