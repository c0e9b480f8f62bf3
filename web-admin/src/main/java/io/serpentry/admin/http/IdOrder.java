// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import java.util.Comparator;

/** Orders ids as a person would: {@code default-9} before {@code default-10}. Two ids are equal only if their text is. */
enum IdOrder implements Comparator<String> {
    INSTANCE;

    @Override
    public int compare(String a, String b) {
        int prefixA = prefixLength(a);
        int prefixB = prefixLength(b);
        int byPrefix = a.substring(0, prefixA).compareTo(b.substring(0, prefixB));
        if (byPrefix != 0) {
            return byPrefix;
        }
        int byNumber = compareNumbers(a.substring(prefixA), b.substring(prefixB));
        return byNumber != 0 ? byNumber : a.compareTo(b);
    }

    private static int prefixLength(String id) {
        int length = id.length();
        while (length > 0 && isDigit(id.charAt(length - 1))) {
            length--;
        }
        return length;
    }

    private static int compareNumbers(String a, String b) {
        String digitsA = a.replaceFirst("^0+", "");
        String digitsB = b.replaceFirst("^0+", "");
        int byLength = Integer.compare(digitsA.length(), digitsB.length());
        return byLength != 0 ? byLength : digitsA.compareTo(digitsB);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
