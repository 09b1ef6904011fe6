<?php
function divide(int $by)
{
    return 10 % $by;
}

echo divide((int) ($_GET["by"] ?? 0));
