"""An invented business package: letters to customers, who answer by signing. It uses esign through the public door."""
