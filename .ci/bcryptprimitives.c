/* Wine before version 9 lacks this library, from which Rust's standard library takes its randomness on Windows. */
#include <stddef.h>

__declspec(dllimport) unsigned char __stdcall SystemFunction036(void *bytes, unsigned long count);

__declspec(dllexport) int __stdcall ProcessPrng(void *bytes, size_t count)
{
    return SystemFunction036(bytes, (unsigned long)count);
}
