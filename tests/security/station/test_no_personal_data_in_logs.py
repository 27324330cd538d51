"""Drive the real site with planted names, then read everything the processes wrote."""

import json

import httpx

PLANTED = ("Quillfeather", "quillfeather", "Wobblebottom", "42/CR/5150/26", "Crumhorn", "three-random-words")


def test_nothing_planted_reaches_the_logs(station):
    station.add_user("quillfeather", "officer", name="PC Quillfeather")
    client = station.signed_in("quillfeather")
    case = station.open_case(client, "42/CR/5150/26", "Crumhorn stolen from Wobblebottom")
    people = f"/cases/{case}/people/add/"
    client.submit(people, {"name": "Ebenezer Wobblebottom", "role": "witness", "detail_phone": "07700 900123"})
    client.submit("/cases/search/", {"words": "Wobblebottom"}, page="/cases/")
    station.upload(client, case, ("Wobblebottom statement.txt", b"Wobblebottom saw the Crumhorn"))
    station.upload(client, case, ("Wobblebottom.pdf", b"%PDF-1.7 Wobblebottom"), ("Wobblebottom.exe", b"MZ"))
    # Refusals, faults and hostile input
    client.get("/people/Wobblebottom/?name=Quillfeather")
    client.get("/cases/?page=Wobblebottom")
    client.post("/cases/new/", data={"reference": "Wobblebottom"})
    client.get("/access-log/?object_ref=Wobblebottom")
    for password in ("Crumhorn-one", "Crumhorn-two"):
        station.client().submit("/account/login/", {"login": "Wobblebottom", "password": password})
    httpx.get(station.url + "/", headers={"Host": "wobblebottom.example.org", "User-Agent": "Wobblebottom"})
    httpx.post(
        station.url + "/account/login/", content=b"Wobblebottom" * 10, headers={"Content-Type": "multipart/form-data"}
    )
    written = station.logs()
    assert "cases:new" in written  # the log is there, and says which page
    for name in PLANTED:
        assert name not in written
    assert "07700 900123" not in written
    for line in written.splitlines():
        json.loads(line)
