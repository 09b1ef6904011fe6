import asyncio
import gc
import logging

logging.basicConfig(level=logging.INFO)


async def fetch():
    raise KeyError("token")


async def main():
    task = asyncio.ensure_future(fetch())
    await asyncio.sleep(0.01)
    del task
    gc.collect()


asyncio.run(main(), debug=True)
