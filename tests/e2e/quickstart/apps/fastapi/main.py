import asyncio

from fastapi import FastAPI

app = FastAPI()


@app.get("/hello/{name}")
async def hello(name: str):
    return {"hello": name}


@app.get("/sentry-debug/{order}")
async def trigger_error(order: int):
    await asyncio.sleep(0.005)
    share(order)


@app.get("/checkout/{order}")
def checkout(order: int):
    try:
        share(order)
    except ZeroDivisionError as error:
        raise ValueError(f"order {order} cannot be delivered") from error


def share(order):
    raise ZeroDivisionError(f"order {order} is shared by nobody")
