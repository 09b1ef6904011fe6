import asyncio
import gc


async def fetch(number):
    await asyncio.sleep(0)
    raise ConnectionError("host %d is gone" % number)


def call(number):
    raise ValueError(number)


async def main():
    task = asyncio.ensure_future(fetch(7))
    await asyncio.sleep(0.01)
    del task
    gc.collect()
    asyncio.get_running_loop().call_soon(call, 3)
    await asyncio.sleep(0.01)


asyncio.run(main(), debug=False)
