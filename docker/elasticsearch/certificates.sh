#!/bin/bash
# Makes the certificate authority and Elasticsearch's certificate, once. Both stay in the volume; delete the volume to
# have new ones. Runs as root, without network, for only root may give the files to the user Elasticsearch runs as.
set -euo pipefail
cd "${CERTIFICATES:-/usr/share/elasticsearch/config/certs}"
tool=${CERTUTIL:-/usr/share/elasticsearch/bin/elasticsearch-certutil}

if [ ! -s ca/ca.crt ]; then
    rm -f ca.zip
    "$tool" ca --silent --pem --days 3650 --out "$PWD/ca.zip"
    unzip -q -o ca.zip && rm ca.zip
fi
if [ ! -s elasticsearch/elasticsearch.crt ]; then
    rm -f elasticsearch.zip
    "$tool" cert --silent --pem --days 1825 --name elasticsearch --dns elasticsearch --dns localhost --ip 127.0.0.1 \
        --ca-cert "$PWD/ca/ca.crt" --ca-key "$PWD/ca/ca.key" --out "$PWD/elasticsearch.zip"
    unzip -q -o elasticsearch.zip && rm elasticsearch.zip
fi

# Everyone in the containers may read the authority's certificate; its key stays with root.
chown -R root:root . && find . -type d -exec chmod 755 {} +
chmod 644 ca/ca.crt elasticsearch/elasticsearch.crt
chmod 600 ca/ca.key
chown 1000:0 elasticsearch/elasticsearch.key && chmod 400 elasticsearch/elasticsearch.key
echo "certificates: ready"
