# SPDX-License-Identifier: Apache-2.0
"""The bill of materials of the image as SPDX 2.3 JSON: every package with its version, every file with its sums and its package."""
import hashlib
import re

from tree import is_folder


def identifier(kind, name):
    return f"SPDXRef-{kind}-" + re.sub(r"[^A-Za-z0-9.-]", lambda match: f".{ord(match[0]):x}.", name)


def debian_package(name, facts, distribution):
    return {
        "SPDXID": identifier("Package", name), "name": name, "versionInfo": facts["Version"],
        "supplier": "Organization: Debian" if name != "limpet" else "Organization: limpet",
        "downloadLocation": "NOASSERTION", "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION" if name != "limpet" else "Apache-2.0 AND (GPL-2.0-or-later OR BSD-2-Clause)",
        "copyrightText": "NOASSERTION", "primaryPackagePurpose": "LIBRARY" if name != "limpet" else "APPLICATION",
        "sourceInfo": f"built from source package {facts['source:Package']} {facts['source:Version']}",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                          "referenceLocator": purl(name, facts, distribution)}]}


def purl(name, facts, distribution):
    version = facts["Version"].replace("+", "%2B").replace(":", "%3A").replace("~", "~")
    origin = "debian" if name != "limpet" else "limpet"
    return f"pkg:deb/{origin}/{name.replace('+', '%2B')}@{version}?arch={facts['Architecture']}&distro={distribution}"


def analyzed(package, entries):
    """The package with the sum of all its files, as SPDX defines it: of their SHA1 sums, in order."""
    sums = sorted(hashlib.sha1(content_of(entry)).hexdigest() for entry in entries)
    return {**package, "filesAnalyzed": True, "licenseInfoFromFiles": ["NOASSERTION"],
            "packageVerificationCode": {"packageVerificationCodeValue": hashlib.sha1("".join(sums).encode()).hexdigest()}}


def content_of(entry):
    return entry.target.encode() if entry.target is not None else entry.content


def document(name, version, digest, layers, facts_of, distribution, created):
    """`facts_of` maps the name of a package to packages.FACTS."""
    entries = [entry for _, layer in layers for entry in layer if not is_folder(entry)]
    image = {"SPDXID": "SPDXRef-Image", "name": "limpet-image", "versionInfo": version, "supplier": "Organization: limpet",
             "downloadLocation": "NOASSERTION", "licenseConcluded": "NOASSERTION",
             "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION", "primaryPackagePurpose": "CONTAINER",
             "checksums": [{"algorithm": "SHA256", "checksumValue": digest.rpartition(":")[2]}]}
    names = sorted({entry.package for entry in entries} - {"limpet-image"})
    files, relationships = [], [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Image")]
    relationships += [("SPDXRef-Image", "CONTAINS", identifier("Package", package)) for package in names]
    for entry in entries:
        content = content_of(entry)
        owner = "SPDXRef-Image" if entry.package == "limpet-image" else identifier("Package", entry.package)
        files.append({"SPDXID": identifier("File", entry.path), "fileName": "." + entry.path, "licenseConcluded": "NOASSERTION",
                      "licenseInfoInFiles": ["NOASSERTION"], "copyrightText": "NOASSERTION",
                      **({"comment": "symbolic link to " + entry.target} if entry.target is not None else {}),
                      "checksums": [{"algorithm": "SHA1", "checksumValue": hashlib.sha1(content).hexdigest()},
                                    {"algorithm": "SHA256", "checksumValue": hashlib.sha256(content).hexdigest()}]})
        relationships.append((owner, "CONTAINS", files[-1]["SPDXID"]))
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": name,
            "documentNamespace": f"https://limpet.invalid/spdx/{name}-{digest.rpartition(':')[2]}",
            "creationInfo": {"created": created, "creators": ["Tool: limpet-make-image", "Organization: limpet"]},
            "documentDescribes": ["SPDXRef-Image"],
            "packages": [analyzed(package, [entry for entry in entries if entry.package == package["name"]])
                         for package in (image, *(debian_package(package, facts_of(package), distribution) for package in names))],
            "files": files,
            "relationships": [{"spdxElementId": element, "relationshipType": kind, "relatedSpdxElement": related}
                              for element, kind, related in relationships]}
