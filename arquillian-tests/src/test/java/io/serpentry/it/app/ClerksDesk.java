// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.connector.cdi.PythonCallable;
import jakarta.annotation.Resource;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.EJBContext;
import jakarta.ejb.Stateless;

/** A session bean that not everybody may call. */
@Stateless
public class ClerksDesk {

    @Resource
    EJBContext context;

    @RolesAllowed("clerk")
    @PythonCallable("clerks.mine")
    public boolean mine() {
        return context.isCallerInRole("clerk");
    }
}
