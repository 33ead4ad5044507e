#!/bin/sh
# Wraps and unwraps the master key of WHODID_KEYS_DIR with the transit engine of HashiCorp Vault or OpenBao. Needs its client,
# VAULT_ADDR, VAULT_TOKEN, and a key made with: vault write -f transit/keys/whodid
set -eu
key=${VAULT_TRANSIT_KEY:-whodid}
case ${1-} in
wrap)
  # Vault takes base64, and gives a text.
  tr -d '\n' | vault write -field=ciphertext "transit/encrypt/$key" plaintext=- | base64
  ;;
unwrap)
  base64 -d | vault write -field=plaintext "transit/decrypt/$key" ciphertext=-
  ;;
*) echo "expected wrap or unwrap" >&2 && exit 2 ;;
esac
