#!/bin/sh
# Wraps and unwraps the master key of WHODID_KEYS_DIR with a key of Google Cloud KMS. Needs gcloud, its credentials, and
# GOOGLE_KMS_KEY, the key's whole name: projects/<p>/locations/<l>/keyRings/<r>/cryptoKeys/<k>.
set -eu
case ${1-} in
wrap)
  base64 -d | gcloud kms encrypt --key "$GOOGLE_KMS_KEY" --plaintext-file - --ciphertext-file - | base64
  ;;
unwrap)
  base64 -d | gcloud kms decrypt --key "$GOOGLE_KMS_KEY" --ciphertext-file - --plaintext-file - | base64
  ;;
*) echo "expected wrap or unwrap" >&2 && exit 2 ;;
esac
