"""Between published files and the register: reading, layouts, values, coordinates, merging by date."""
