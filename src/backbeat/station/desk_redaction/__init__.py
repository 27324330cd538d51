"""The redaction desk in the station: prepare documents for one recipient, review them page by page, release them."""
