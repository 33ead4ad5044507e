#!/bin/sh
# Wraps and unwraps the master key of WHODID_KEYS_DIR with a key of AWS KMS. Needs the AWS CLI, version 2, its credentials, and
# AWS_KMS_KEY_ID. Base64 comes in and goes out; the key is never an argument, which other users of the machine could see.
set -eu
case ${1-} in
wrap)
  base64 -d | aws kms encrypt --key-id "$AWS_KMS_KEY_ID" --plaintext fileb:///dev/stdin \
    --query CiphertextBlob --output text
  ;;
unwrap)
  base64 -d | aws kms decrypt --key-id "$AWS_KMS_KEY_ID" --ciphertext-blob fileb:///dev/stdin \
    --query Plaintext --output text
  ;;
*) echo "expected wrap or unwrap" >&2 && exit 2 ;;
esac
