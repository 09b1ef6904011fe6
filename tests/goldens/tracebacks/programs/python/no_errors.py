import faulthandler
import os
import signal
import sys
import threading
import warnings

faulthandler.enable()
faulthandler.dump_traceback()
warnings.warn("old")
sys.stderr.write("Error: no such thing\nValueError: neither\n")
threading.Thread(target=sys.exit).start()
os.kill(os.getpid(), signal.SIGINT)
input()
