# All that Foretell may do: read its own secret. Every token may renew and revoke itself by Vault's policy `default`.
path "secret/data/foretell" {
  capabilities = ["read"]
}
