#!/bin/bash
# Runs inside a guest (whole_host.sh starts it): rules for executables hold for programs that die at once, where the kernel
# tells nobody of mappings.
# usage: tests/vm/short_lives.sh LIMPET       files for a look afterwards go to $GUEST_FOLDER
exec tests/vm/discovery.sh "$1" short_lives
