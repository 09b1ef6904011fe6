#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What real clients ask, `count` times at once. Arguments: which, port, count. Prints "done"."""
import sys
import threading

PORT = int(sys.argv[2])
BASE = f"http://127.0.0.1:{PORT}"


def search(module, errors):
    class_ = getattr(module, "Elasticsearch", None) or module.OpenSearch
    client = class_([BASE], maxsize=50, timeout=60, max_retries=0)
    client.info()

    def once():
        client.index(index="orders", id="card4111", body={"card": "card4111"})
        client.get(index="orders", id="card4111")
        client.search(index="orders,logs", body={"query": {"match": {"card": "card4111"}}})
        client.bulk(body=[{"index": {"_index": "orders"}}, {"card": "card4111"}])
        try:
            client.search(index="missing", body={})
            raise AssertionError("no error")
        except errors:
            pass
    return once


def elasticsearch():
    import elasticsearch as module
    return search(module, module.NotFoundError)


def opensearch():
    import opensearchpy as module
    return search(module, module.NotFoundError)


def s3():
    import boto3
    import botocore.config
    client = boto3.client("s3", endpoint_url=BASE, aws_access_key_id="AKIASECRET", aws_secret_access_key="secret", region_name="us-east-1",
                          config=botocore.config.Config(max_pool_connections=50, retries={"max_attempts": 0}, s3={"addressing_style": "path"}))
    client.create_bucket(Bucket="pictures")

    def once():
        key = f"a/card4111-{threading.get_ident()}"  # moto does not stand writing one at once
        client.put_object(Bucket="pictures", Key=key, Body=b"x" * 5000)
        assert len(client.get_object(Bucket="pictures", Key=key)["Body"].read()) == 5000
        client.list_objects_v2(Bucket="pictures", Prefix="a/")
        try:
            client.head_object(Bucket="pictures", Key="missing")
            raise AssertionError("no error")
        except client.exceptions.ClientError:
            pass
    return once


def s3_multipart():
    import boto3
    client = boto3.client("s3", endpoint_url=BASE, aws_access_key_id="AKIASECRET", aws_secret_access_key="secret", region_name="us-east-1")

    def once():
        client.create_bucket(Bucket="parts")
        client.list_buckets()
        upload = client.create_multipart_upload(Bucket="parts", Key="k")["UploadId"]
        tag = client.upload_part(Bucket="parts", Key="k", UploadId=upload, PartNumber=1, Body=b"x" * 100)["ETag"]
        client.list_parts(Bucket="parts", Key="k", UploadId=upload)
        client.complete_multipart_upload(Bucket="parts", Key="k", UploadId=upload,
                                         MultipartUpload={"Parts": [{"ETag": tag, "PartNumber": 1}]})
        client.copy_object(Bucket="parts", Key="copy", CopySource="parts/k")
        client.get_bucket_location(Bucket="parts")
        client.delete_objects(Bucket="parts", Delete={"Objects": [{"Key": "copy"}]})
        client.delete_object(Bucket="parts", Key="k")
        client.delete_bucket(Bucket="parts")
    return once


def graphql():
    import gql
    import gql.transport.requests
    import requests
    book = gql.gql("query Book($id: ID!) { book(id: $id) }")
    pay = gql.gql('mutation Pay { pay(card: "card4111") }')
    two = gql.gql('query A { book(id: "1") } query B { book(id: "2") }')

    def once():
        transport = gql.transport.requests.RequestsHTTPTransport(f"{BASE}/graphql")
        with gql.Client(transport=transport) as client:
            client.execute(book, variable_values={"id": "card4111"})
            client.execute(pay)
            client.execute(two, operation_name="B")
        with requests.Session() as session:
            assert session.get(f"{BASE}/graphql", params={"query": '{ book(id: "card4111") }'}).json()["data"]
            assert session.post(f"{BASE}/other", data='query Text { book(id: "card4111") }',
                                headers={"content-type": "application/graphql"}).json()["data"]
    return once


def grpc_web():
    import requests

    def once():
        with requests.Session() as session:
            for end in (b"ok", b"no"):
                session.post(f"{BASE}/shop.Cart/Add", data=b"\0\0\0\0\2" + end, headers={"content-type": "application/grpc-web+proto"})
    return once


def main():
    once = globals()[sys.argv[1]]()
    failures = []

    def work():
        try:
            once()
        except BaseException as error:
            failures.append(repr(error))
    threads = [threading.Thread(target=work) for _ in range(int(sys.argv[3]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(failures[0] if failures else "done")


main()
