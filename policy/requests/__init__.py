"""What is done about service requests (保全): entered, signed, done or refused; and the policy as it is in force."""
