import threading
import time
import urllib.error
import urllib.request

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.get("/divide_by_zero")
async def divide_by_zero():
    return 1 / 0


server = uvicorn.Server(uvicorn.Config(app, port=8399))
threading.Thread(target=server.run, daemon=True).start()
while not server.started:
    time.sleep(0.05)
try:
    urllib.request.urlopen("http://127.0.0.1:8399/divide_by_zero")
except urllib.error.HTTPError:
    pass
server.should_exit = True
time.sleep(0.5)
