"""What users do, one transaction each: policy check, change, audit event."""
