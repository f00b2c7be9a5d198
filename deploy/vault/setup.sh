#!/usr/bin/env bash
# Prepares a Vault or OpenBao for Foretell: the KV engine, the policy, a login, and the secret with generated values where there is none yet.
# deploy/vault/setup.sh approle|kubernetes [NAME], where NAME (foretell) is that of policy, role and secret. VAULT_ADDR and VAULT_TOKEN are an administrator's;
# with OpenBao VAULT_CLI=bao. KUBERNETES_NAMESPACE (foretell) is that of the pods. Run again, it changes policy and role, and makes another
# secret id; the secret stays.
set -euo pipefail
folder=$(dirname "$0")
method=${1:-} name=${2:-foretell}
if [ "$method" != approle ] && [ "$method" != kubernetes ]; then
  sed -n 2,5p "$0"
  exit 2
fi
cli=${VAULT_CLI:-vault}
: "${VAULT_ADDR:?names the server}"

has() { "$cli" "$@" >/dev/null 2>&1; }
random() { openssl rand -base64 "$1"; }

has read sys/mounts/secret/tune || "$cli" secrets enable -path=secret -version=2 kv
sed "s#secret/data/foretell#secret/data/$name#" "$folder/policy.hcl" | "$cli" policy write "$name" -
if ! has kv metadata get -mount=secret "$name"; then
  # On standard input, so that no value shows in the list of processes.
  printf '{ "JWT_SECRET": "%s", "ADMIN_PASSWORD": "%s", "METRICS_TOKEN": "%s" }' "$(random 48)" "$(random 18)" "$(random 24)" |
    "$cli" kv put -mount=secret -cas=0 "$name" -
fi

has read "sys/auth/$method/tune" || "$cli" auth enable "$method"
limits=(token_policies="$name" token_ttl=1h token_max_ttl=24h)
if [ "$method" = approle ]; then
  "$cli" write "auth/approle/role/$name" "${limits[@]}" secret_id_ttl=0 secret_id_num_uses=0
  umask 077
  "$cli" write -f -field=secret_id "auth/approle/role/$name/secret-id" >"$name.secret-id"
  echo "VAULT_ROLE_ID=$("$cli" read -field=role_id "auth/approle/role/$name/role-id")"
  echo "VAULT_SECRET_ID_FILE=$PWD/$name.secret-id"
else
  # In a pod of the cluster Vault knows the rest by itself; elsewhere it needs kubernetes_ca_cert and token_reviewer_jwt as well.
  has read auth/kubernetes/config ||
    "$cli" write auth/kubernetes/config kubernetes_host="${KUBERNETES_HOST:-https://kubernetes.default.svc}"
  "$cli" write "auth/kubernetes/role/$name" "${limits[@]}" audience=vault \
    bound_service_account_names=foretell bound_service_account_namespaces="${KUBERNETES_NAMESPACE:-foretell}"
  echo "VAULT_KUBERNETES_ROLE=$name"
fi
echo "VAULT_ADDR=$VAULT_ADDR"
echo "VAULT_SECRET_PATH=secret/data/$name"
echo "Put the database there: $cli kv patch -mount=secret $name DATABASE_URL=- < database-url.txt"
