"""Deploy target ``cmsis-pack``: the pipeline as a software pack for Keil MDK, IAR and CMSIS-Toolbox."""
