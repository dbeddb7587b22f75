"""The REST API `/v1`: resources, keys, problem documents. HTTP exists here and in `esign.web` alone."""
