"""What Solace does with what it decides: intake, delivery, and who watches over them."""
