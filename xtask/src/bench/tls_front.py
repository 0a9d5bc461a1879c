# TLS front: takes TLS connections on a port of its own and passes them to PORT in the clear.
# tls_front.py PORT CERT KEY; prints its port, and the milliseconds to add to the monotonic clock to have wall time.
import asyncio, ssl, sys, time

async def pump(r, w):
    try:
        while data := await r.read(65536):
            w.write(data)
            await w.drain()
    except (ConnectionError, ssl.SSLError):
        pass
    w.close()

async def taken(r, w):
    r2, w2 = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    await asyncio.gather(pump(r, w2), pump(r2, w), return_exceptions=True)

async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[2], sys.argv[3])
    server = await asyncio.start_server(taken, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    print(port, (time.time_ns() - time.monotonic_ns()) / 1e6, flush=True)
    await server.serve_forever()

asyncio.run(main())
