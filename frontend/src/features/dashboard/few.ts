// As the server: of fewer, one more or less would move a value visibly.
export const FEW = 10
export const FEW_FOR_P95 = 20
