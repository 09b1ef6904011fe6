<?php
function run()
{
    eval('throw new DomainException("from eval");');
}

run();
