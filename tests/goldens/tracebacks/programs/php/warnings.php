<?php
trigger_error("only a notice", E_USER_NOTICE);
trigger_error("only a warning", E_USER_WARNING);
trigger_error("only a deprecation", E_USER_DEPRECATED);
echo $missing;
error_log("Stack trace:");
error_log("Error: nothing was thrown in /srv/app/x.php");
