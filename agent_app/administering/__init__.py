"""The admin's room: scripts opened, edited, checked, played, published and rolled back; pages draw it."""
